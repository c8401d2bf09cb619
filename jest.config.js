/** Tests mirror the tree in test/; the services keep theirs beside their code. Real-cluster tests have a command of their own. */
module.exports = {
  testEnvironment: 'node',
  // Much of the time is waiting for started programs, so no core is held back.
  maxWorkers: '100%',
  // A busy machine starts programs ten times slower, and a test that waits for one is not wrong for that.
  testTimeout: 60_000,
  testMatch: ['<rootDir>/test/**/*.test.ts', '<rootDir>/services/*/test/**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '<rootDir>/test/cluster/', '<rootDir>/test/project/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.strata/', '<rootDir>/templates/', '<rootDir>/examples/'],
  // With --coverage: every file of the rooms counts, also one that no test loads.
  collectCoverageFrom: [
    '*.ts',
    '*/**/*.ts',
    '!{bench,docs,imports,services,test}/**',
    'services/*/src/**/*.ts',
    '!**/node_modules/**',
  ],
  coverageReporters: [require.resolve('./test/support/coverage-by-room')],
  coverageDirectory: '<rootDir>/.strata/coverage',
  moduleNameMapper: {
    '^strata$': '<rootDir>/index.ts',
    '^strata/(features|testing)$': '<rootDir>/$1/index.ts',
    '^strata/(.*)$': '<rootDir>/$1',
  },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } },
    ],
  },
};
