module.exports = {
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/.strata/', '<rootDir>/dist/'],
  transform: { '^.+\\.ts$': 'strata/testing/transform' },
};
