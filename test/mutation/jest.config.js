/** Tests as jest.config.js finds them, run on mutants by a runner that stays warm. Started by test/mutation/worker.ts. */
const base = require('../../jest.config.js');

module.exports = {
  ...base,
  rootDir: '../..',
  reporters: [],
  runner: '<rootDir>/test/mutation/runner.ts',
  testEnvironment: '<rootDir>/test/mutation/environment.ts',
  // Else jest goes through every probe when a test file ends, and takes half a minute for it.
  testEnvironmentOptions: { globalsCleanup: 'off' },
  transform: { '^.+\\.ts$': '<rootDir>/test/mutation/transform.js' },
  testPathIgnorePatterns: [
    ...base.testPathIgnorePatterns,
    // They start programs, which see no mutant, or take random manifests or every field through everything: they take long and notice little.
    '<rootDir>/test/bin/',
    '<rootDir>/test/docs/(?!checks|reference|commands)',
    '<rootDir>/test/cli/(process|trouble|node-versions|watch/watch)',
    '<rootDir>/test/checks/fuzz',
    '<rootDir>/test/render/explain/every-field',
    '<rootDir>/test/mutation/',
    '<rootDir>/services/',
  ],
};
