import { useEffect, useRef } from 'react';

interface Props {
  readonly pixels: Uint8Array;
  readonly label: string;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** One image of a data set, drawn pixel by pixel and enlarged without smoothing. */
export function Thumbnail({ pixels, label, height, width, channels }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    context?.putImageData(new ImageData(toRgba(pixels, width * height, channels), width, height), 0, 0);
  }, [pixels, height, width, channels]);
  return (
    <div className="thumbnail" role="listitem">
      <canvas ref={canvas} width={width} height={height} aria-hidden />
      <span title={label}>{label}</span>
    </div>
  );
}

/** Grey (1 channel), grey with alpha (2), colour (3) or colour with alpha (4), as bytes. */
export function toRgba(pixels: Uint8Array, count: number, channels: number): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray(count * 4);
  const grey = channels < 3;
  const alpha = channels === 2 || channels === 4;
  for (let index = 0; index < count; index++) {
    const from = index * channels;
    const to = index * 4;
    rgba[to] = pixels[from]!;
    rgba[to + 1] = pixels[grey ? from : from + 1]!;
    rgba[to + 2] = pixels[grey ? from : from + 2]!;
    rgba[to + 3] = alpha ? pixels[from + channels - 1] : 255;
  }
  return rgba;
}
