import type { CelFunc } from '@bufbuild/cel';
import type { Library } from './parts';
import { goRegExp } from './regexp';
import { CelFault } from './values';

/** Kubernetes' regex.go, and `matches` of CEL itself: the expressions are Go's. */
export function regexFunctions({ celMethod, celFunc, STRING, INT, BOOL, DYN }: Library): CelFunc[] {
  const compiled = (pattern: string) => {
    const regex = goRegExp(pattern);
    if (!regex) throw new CelFault(`Illegal regex: ${pattern}`);
    return regex;
  };
  return [
    celMethod('matches', STRING, [STRING], BOOL, function (pattern) {
      return compiled(pattern).test(String(this));
    }),
    celFunc('matches', [STRING, STRING], BOOL, (text, pattern) => compiled(pattern).test(text)),
    celMethod('find', STRING, [STRING], STRING, function (pattern) {
      return compiled(pattern).find(String(this));
    }),
    celMethod('findAll', STRING, [STRING], DYN, function (pattern) {
      return compiled(pattern).findAll(String(this), -1);
    }),
    celMethod('findAll', STRING, [STRING, INT], DYN, function (pattern, count) {
      return compiled(pattern).findAll(String(this), Number(count));
    }),
  ];
}
