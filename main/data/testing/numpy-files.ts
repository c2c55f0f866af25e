/**
 * Written by NumPy itself: `savez_compressed(x_train=arange(48, dtype='u1').reshape(12, 2, 2), y_train=arange(12) % 3)`
 * and `savez(a=asfortranarray(arange(24, dtype='>f8').reshape(6, 4)), b=array(list('abcabc')))`.
 */
export const compressedArchive = Buffer.from(
  'UEsDBC0AAAAIAAAAIQD+MYrB//////////8LABQAeF90cmFpbi5ucHkBABAAsAAAAAAAAAB4AAAAAAAAAJvsF+obEMnIUMZQrZ6SWpxcpG6loF5Taqiuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GoZGOgogpKmjUKtAFuBiYGRiZmFlY+fg5OLm4eXjFxAUEhYRFROXkJSSlpGVk1dQVFJWUVVT19DU0tbR1dMHAFBLAwQtAAAACAAAACEAnora8v//////////CwAUAHlfdHJhaW4ubnB5AQAQAOAAAAAAAAAAUAAAAAAAAACb7BfqGxDJyFDGUK2eklqcXKRupaBuk2mhrqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RqGRjqaOgq1CuQDLgYoYITSTAyogFJxAFBLAQItAy0AAAAIAAAAIQD+MYrBeAAAALAAAAALAAAAAAAAAAAAAACAAQAAAAB4X3RyYWluLm5weVBLAQItAy0AAAAIAAAAIQCeitryUAAAAOAAAAALAAAAAAAAAAAAAACAAbUAAAB5X3RyYWluLm5weVBLBQYAAAAAAgACAHIAAABCAQAAAAA=',
  'base64',
);
export const storedArchive = Buffer.from(
  'UEsDBC0AAAAAAAAAIQBliT2O//////////8FABQAYS5ucHkBABAAQAEAAAAAAABAAQAAAAAAAJNOVU1QWQEAdgB7J2Rlc2NyJzogJz5mOCcsICdmb3J0cmFuX29yZGVyJzogVHJ1ZSwgJ3NoYXBlJzogKDYsIDQpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAKAAAAAAAAAABAEAAAAAAAAEAgAAAAAAAAQCgAAAAAAABAMAAAAAAAAEA0AAAAAAAAP/AAAAAAAABAFAAAAAAAAEAiAAAAAAAAQCoAAAAAAABAMQAAAAAAAEA1AAAAAAAAQAAAAAAAAABAGAAAAAAAAEAkAAAAAAAAQCwAAAAAAABAMgAAAAAAAEA2AAAAAAAAQAgAAAAAAABAHAAAAAAAAEAmAAAAAAAAQC4AAAAAAABAMwAAAAAAAEA3AAAAAAAAUEsDBC0AAAAAAAAAIQAAuuQS//////////8FABQAYi5ucHkBABAAmAAAAAAAAACYAAAAAAAAAJNOVU1QWQEAdgB7J2Rlc2NyJzogJzxVMScsICdmb3J0cmFuX29yZGVyJzogRmFsc2UsICdzaGFwZSc6ICg2LCksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAKYQAAAGIAAABjAAAAYQAAAGIAAABjAAAAUEsBAi0DLQAAAAAAAAAhAGWJPY5AAQAAQAEAAAUAAAAAAAAAAAAAAIABAAAAAGEubnB5UEsBAi0DLQAAAAAAAAAhAAC65BKYAAAAmAAAAAUAAAAAAAAAAAAAAIABdwEAAGIubnB5UEsFBgAAAAACAAIAZgAAAEYCAAAAAA==',
  'base64',
);

/** A NumPy file of 32-bit floats, or of bytes. */
export function npyOf(shape: readonly number[], values: readonly number[], type: 'f4' | 'u1' = 'f4'): Buffer {
  const tuple = `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`;
  const header = `{'descr': '${type === 'f4' ? '<f4' : '|u1'}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const padded = header.padEnd(Math.ceil((header.length + 11) / 64) * 64 - 11) + '\n';
  const head = Buffer.alloc(10);
  head.write('\x93NUMPY\x01\x00', 'latin1');
  head.writeUInt16LE(padded.length, 8);
  const data = type === 'f4' ? Buffer.from(Float32Array.from(values).buffer) : Buffer.from(values);
  return Buffer.concat([head, Buffer.from(padded, 'latin1'), data]);
}
