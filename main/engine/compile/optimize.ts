/** The passes between a trace and its lowering, in an order in which each finds what those before it uncovered. */
import type { Program } from './graph.ts';
import { dropCopies } from './passes/drop-copies.ts';
import { fuseBias } from './passes/fuse-bias.ts';
import { joinProducts } from './passes/join-products.ts';
import { poolBeforeRelu } from './passes/pool-before-relu.ts';
import { poolBeforeScale } from './passes/pool-before-scale.ts';
import { poolTiles } from './passes/pool-tiles.ts';
import { reuseRelu } from './passes/reuse-relu.ts';
import { shareEqual } from './passes/share-equal.ts';
import { unwrapMatrices } from './passes/unwrap-matrices.ts';

const passes: readonly ((program: Program) => Program)[] = [
  dropCopies,
  unwrapMatrices,
  dropCopies,
  shareEqual,
  joinProducts,
  shareEqual,
  poolBeforeRelu,
  reuseRelu,
  fuseBias,
  poolTiles,
  poolBeforeScale,
  shareEqual,
];

/** The same outputs from the same inputs, up to the last bits. */
export const optimize = (program: Program): Program => passes.reduce((current, pass) => pass(current), program);
