export { makeReadOnly } from '#store/testing/read-only.ts';
