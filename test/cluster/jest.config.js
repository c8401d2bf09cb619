/** The real-cluster tests: one file after the other, each with clusters of its own, slow on purpose. */
const base = require('../../jest.config');

module.exports = {
  ...base,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/cluster/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  globalSetup: '<rootDir>/test/cluster/support/setup.ts',
  globalTeardown: '<rootDir>/test/cluster/support/teardown.ts',
  testTimeout: 10 * 60_000,
  maxWorkers: 1,
  verbose: true,
};
