import fc from 'fast-check';
import { byteCount, millicores, seconds } from '../../model/quantity';

const whole = fc.nat({ max: 1_000_000 });

describe('CPU', () => {
  test('is read in cores and in thousandths of one', () => {
    expect(millicores('2')).toBe(2000);
    expect(millicores('0.5')).toBe(500);
    expect(millicores('250m')).toBe(250);
  });

  test('the same amount in either notation is the same number', () => {
    fc.assert(fc.property(whole, (n) => expect(millicores(`${n}`)).toBe(millicores(`${n * 1000}m`))));
  });

  test('a decimal number of cores is a whole number of thousandths', () => {
    expect(millicores('1.001')).toBe(1001);
    fc.assert(
      fc.property(fc.nat({ max: 100_000 }), (n) => expect(millicores(`${n / 1000}`)).toBe(n)),
      { examples: [[1001], [8067]] },
    );
  });
});

describe('bytes', () => {
  test.each([
    ['1Ki', 1024],
    ['64Mi', 64 * 1024 ** 2],
    ['1.5Gi', 1.5 * 1024 ** 3],
    ['2Ti', 2 * 1024 ** 4],
  ] as const)('%s is %d', (size, expected) => expect(byteCount(size)).toBe(expected));

  test('1024 of a unit are one of the next', () => {
    fc.assert(
      fc.property(whole, (n) => {
        expect(byteCount(`${n * 1024}Ki`)).toBe(byteCount(`${n}Mi`));
        expect(byteCount(`${n * 1024}Mi`)).toBe(byteCount(`${n}Gi`));
        expect(byteCount(`${n * 1024}Gi`)).toBe(byteCount(`${n}Ti`));
      }),
    );
  });
});

describe('spans of time', () => {
  test.each([
    ['30s', 30],
    ['5m', 300],
    ['12h', 43_200],
    ['15d', 1_296_000],
  ] as const)('%s is %d seconds', (span, expected) => expect(seconds(span)).toBe(expected));

  test('sixty of a unit are one of the next, and 24 hours are a day', () => {
    fc.assert(
      fc.property(whole, (n) => {
        expect(seconds(`${BigInt(n * 60)}s`)).toBe(seconds(`${BigInt(n)}m`));
        expect(seconds(`${BigInt(n * 60)}m`)).toBe(seconds(`${BigInt(n)}h`));
        expect(seconds(`${BigInt(n * 24)}h`)).toBe(seconds(`${BigInt(n)}d`));
      }),
    );
  });
});
