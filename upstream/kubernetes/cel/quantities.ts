import type { CelFunc, CelValue } from '@bufbuild/cel';
import type { Library } from './parts';
import type { ExactQuantity } from './quantity';
import { addQuantity, asInteger, compareQuantities, exactQuantity, negated, normalText } from './quantity';
import type { Semver } from './semver';
import { compareSemver } from './semver';
import { CelFault, contentOf, opaque, opened } from './values';

/** Kubernetes' quantity.go, with the comparisons that its semver has under the same names. */
export function quantityFunctions({ celFunc, celMethod, MAP, STRING, BOOL, INT, DOUBLE, DYN }: Library): CelFunc[] {
  const made = (quantity: ExactQuantity) => opaque('quantity', normalText(quantity), quantity);
  const read = (value: CelValue) => contentOf<ExactQuantity>('quantity', value);
  const compared = (a: CelValue, b: CelValue) =>
    opened('semver', a) === undefined
      ? compareQuantities(read(a), read(b))
      : compareSemver(contentOf<Semver>('semver', a), contentOf<Semver>('semver', b));
  const sum = (a: CelValue, b: ExactQuantity) => made(addQuantity(read(a), b));
  const ofInt = (value: bigint): ExactQuantity => ({ value, scale: 0, isLarge: false });
  return [
    celFunc('isQuantity', [STRING], BOOL, (text) => exactQuantity(text) !== undefined),
    celFunc('quantity', [STRING], DYN, (text) => {
      const parsed = exactQuantity(text);
      if (!parsed) throw new CelFault('quantities must match the regular expression');
      return made(parsed);
    }),
    celFunc('sign', [MAP], INT, (value) => BigInt(compareQuantities(read(value), ofInt(0n)))),
    celMethod('isGreaterThan', MAP, [MAP], BOOL, function (other) {
      return compared(this, other) > 0;
    }),
    celMethod('isLessThan', MAP, [MAP], BOOL, function (other) {
      return compared(this, other) < 0;
    }),
    celMethod('compareTo', MAP, [MAP], INT, function (other) {
      return BigInt(compared(this, other));
    }),
    celMethod('asApproximateFloat', MAP, [], DOUBLE, function () {
      const { value, scale } = read(this);
      return Number(`${value}e${scale}`);
    }),
    celMethod('isInteger', MAP, [], BOOL, function () {
      return asInteger(read(this)) !== undefined;
    }),
    celMethod('asInteger', MAP, [], INT, function () {
      const whole = asInteger(read(this));
      if (whole === undefined) throw new CelFault('cannot convert value to integer');
      return whole;
    }),
    celMethod('add', MAP, [MAP], DYN, function (other) {
      return sum(this, read(other));
    }),
    celMethod('add', MAP, [INT], DYN, function (other) {
      return sum(this, ofInt(other));
    }),
    celMethod('sub', MAP, [MAP], DYN, function (other) {
      return sum(this, negated(read(other)));
    }),
    celMethod('sub', MAP, [INT], DYN, function (other) {
      return sum(this, ofInt(-other));
    }),
  ];
}
