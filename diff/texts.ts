import { isMap } from '../model/is-map';

/** A value with another text in the place of each of its texts; keys stay. */
export function withTexts(value: unknown, other: (text: string) => string): unknown {
  if (typeof value === 'string') return other(value);
  if (Array.isArray(value)) return value.map((each) => withTexts(each, other));
  return isMap(value)
    ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, withTexts(each, other)]))
    : value;
}
