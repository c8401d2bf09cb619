// Tests are compiled as always. Files of the project become stubs: what they run is decided when they are loaded, so that a mutant needs
// no file of its own and no cache can be stale. See environment.ts.
const { createHash } = require('node:crypto');
const { relative, sep } = require('node:path');
const { createTransformer } = require('@swc/jest');

const swc = createTransformer({
  jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
  module: { type: 'commonjs' },
});

const isProject = (file, { config: { rootDir } }) =>
  !/^(\.\.|node_modules|test|services)(\/|$)/.test(relative(rootDir, file).split(sep).join('/'));
const STUB = '__load(__filename, module, exports, require, __dirname, typeof jest === "undefined" ? undefined : jest);';

module.exports = {
  process: (text, file, options) => (isProject(file, options) ? { code: STUB } : swc.process(text, file, options)),
  getCacheKey: (text, file, options) =>
    isProject(file, options)
      ? createHash('sha256').update(file).update(STUB).digest('hex')
      : swc.getCacheKey(text, file, options),
};
