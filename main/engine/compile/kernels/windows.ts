/** Windows over channels-first images: what convolution and pooling, and their gradients, are made of. */
import type { tf } from '../../tfjs.ts';
import type { OnnxAttribute } from '../onnx.ts';
import type { OnnxBuilder, Padding } from '../onnx-builder.ts';

export type Windows = Pick<
  tf.backend_util.Conv2DInfo,
  | 'filterHeight'
  | 'filterWidth'
  | 'strideHeight'
  | 'strideWidth'
  | 'dilationHeight'
  | 'dilationWidth'
  | 'inHeight'
  | 'inWidth'
  | 'outHeight'
  | 'outWidth'
  | 'padInfo'
>;

export const paddingOf = ({ padInfo: { top, left, bottom, right } }: Windows): Padding => [top, left, bottom, right];

export function windowAttributes(windows: Windows): Record<string, OnnxAttribute> {
  return {
    kernel_shape: [windows.filterHeight, windows.filterWidth],
    strides: [windows.strideHeight, windows.strideWidth],
    dilations: [windows.dilationHeight, windows.dilationWidth],
    pads: [...paddingOf(windows)],
  };
}

/** Rows and columns at the end that no window covers. */
export function uncovered(windows: Windows): [number, number] {
  const { padInfo: p } = windows;
  const rest = (size: number, count: number, length: number, dilation: number, stride: number, padding: number) =>
    size + padding - ((count - 1) * stride + (length - 1) * dilation + 1);
  return [
    rest(windows.inHeight, windows.outHeight, windows.filterHeight, windows.dilationHeight, windows.strideHeight, p.top + p.bottom),
    rest(windows.inWidth, windows.outWidth, windows.filterWidth, windows.dilationWidth, windows.strideWidth, p.left + p.right),
  ];
}

/** One shifted, strided view of a padded image for each place in the window, in row-major order. */
export function views(builder: OnnxBuilder, image: string, windows: Windows): string[] {
  const { strideHeight, strideWidth, dilationHeight, dilationWidth, outHeight, outWidth } = windows;
  const found: string[] = [];
  for (let row = 0; row < windows.filterHeight; row++) {
    for (let column = 0; column < windows.filterWidth; column++) {
      const starts = [row * dilationHeight, column * dilationWidth];
      const ends = [starts[0] + (outHeight - 1) * strideHeight + 1, starts[1] + (outWidth - 1) * strideWidth + 1];
      found.push(builder.slice(image, starts, ends, [2, 3], [strideHeight, strideWidth]));
    }
  }
  return found;
}

/**
 * All `views` of a padded image joined along its channels, [images, places · channels, outHeight · outWidth]. Columns are
 * shifted first, so that where windows are a row apart, shifting rows copies what lies side by side.
 */
export function joinedViews(builder: OnnxBuilder, image: string, channels: number, images: number, windows: Windows): string {
  const { filterHeight, filterWidth, strideHeight, strideWidth, dilationHeight, dilationWidth, outHeight, outWidth, padInfo } = windows;
  const join = (parts: readonly string[]) => (parts.length === 1 ? parts[0] : builder.op('Concat', parts, { axis: 1 }));
  const height = windows.inHeight + padInfo.top + padInfo.bottom;
  const shifted = join(
    Array.from({ length: filterWidth }, (_, column) => {
      const start = column * dilationWidth;
      return builder.slice(image, [start], [start + (outWidth - 1) * strideWidth + 1], [3], [strideWidth]);
    }),
  );
  const rows = builder.reshape(shifted, [images, filterWidth * channels, height * outWidth]);
  const parts = Array.from({ length: filterHeight }, (_, row) => {
    const start = row * dilationHeight;
    if (strideHeight === 1) return builder.slice(rows, [start * outWidth], [(start + outHeight) * outWidth], [2]);
    return builder.slice(shifted, [start], [start + (outHeight - 1) * strideHeight + 1], [2], [strideHeight]);
  });
  return builder.reshape(join(parts), [images, filterHeight * filterWidth * channels, outHeight * outWidth]);
}

/**
 * Adjoint of `views` as one ConvTranspose: `parts` [images, places, rows, columns] is put back where `kernel`
 * [places, 1, height, width] says, and summed where windows overlap. Gives [images, 1, inHeight, inWidth].
 */
export function placeWindows(builder: OnnxBuilder, parts: string, kernel: readonly number[], places: number, windows: Windows): string {
  return builder.op('ConvTranspose', [parts, builder.constant(kernel, [places, 1, windows.filterHeight, windows.filterWidth], 'float32')], {
    ...windowAttributes(windows),
    output_padding: uncovered(windows),
  });
}
