/** Tests of projects that are written with the package: they install packages from the registry, and so are no part of `npm test`. */
const base = require('../../jest.config');

module.exports = {
  ...base,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/project/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 5 * 60_000,
  maxWorkers: 1,
  verbose: true,
};
