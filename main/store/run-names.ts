/** Ids and first names of runs. */
import { randomInt } from 'node:crypto';
import type { RunId } from '#contract/ids.ts';

const digits = '0123456789abcdefghijklmnopqrstuvwxyz';

const adjectives =
  'amber bold brave breezy bright brisk calm candid cheery clever cosmic crisp curious daring dapper deft eager early fair fleet fond frosty gentle glad golden grand hardy hazel honest humble jolly keen kind lively lucid lucky mellow merry mild misty modest neat nimble noble patient plucky polite proud quick quiet rapid ready rosy royal rustic serene sharp shiny silent silver sleek smooth snowy spry steady sturdy sunny swift tidy tranquil trusty upbeat vivid warm wise witty young zesty'.split(
    ' ',
  );
const nouns =
  'alder badger beacon beaver birch bison brook canyon cedar clover comet condor coral crane creek cricket dolphin dove eagle ember falcon fern finch forest fox gecko glacier grove gull harbor hare hawk heron hill ibis island jay juniper kestrel kite lake lark lemur lily lynx maple marten meadow moose moss nebula newt oak orca orchid osprey otter owl panda pebble pine plover poplar puffin quail rabbit raven reef ridge river robin rowan sable salmon seal sparrow spruce squirrel stork summit swan swift tern thistle tiger trout tulip valley walrus willow wolf wombat wren'.split(
    ' ',
  );

export function newRunId(): RunId {
  let id = '';
  for (let index = 0; index < 12; index++) id += digits[randomInt(digits.length)];
  return id as RunId;
}

function pair(): string {
  return `${adjectives[randomInt(adjectives.length)]}-${nouns[randomInt(nouns.length)]}`;
}

/** Two words, e.g. `brisk-otter`; with a number where `isTaken` leaves no pair free after a few tries. */
export function newRunName(isTaken: (name: string) => boolean): string {
  for (let attempt = 0; attempt < 20; attempt++) {
    const name = pair();
    if (!isTaken(name)) return name;
  }
  return numberedName(pair(), isTaken);
}

/** `name`, or the first of `name-2`, `name-3`, … that is free. */
export function numberedName(name: string, isTaken: (name: string) => boolean): string {
  if (!isTaken(name)) return name;
  for (let number = 2; ; number++) if (!isTaken(`${name}-${number}`)) return `${name}-${number}`;
}
