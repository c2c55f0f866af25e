declare module '@mapbox/node-pre-gyp/lib/pre-binding.js' {
  const places: { find: (packageFile: string) => string };
  export default places;
}
