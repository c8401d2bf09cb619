import type { CelFunc } from '@bufbuild/cel';
import type { Library } from './parts';
import type { Semver } from './semver';
import { readSemver } from './semver';
import { CelFault, contentOf, opaque } from './values';

/** Kubernetes' semverlib.go; its comparisons stand with those of quantities. */
export function semverFunctions({ celFunc, celMethod, MAP, STRING, BOOL, INT, DYN }: Library): CelFunc[] {
  const made = (text: string, normalize: boolean) => {
    const version = readSemver(text, normalize);
    if (!version) throw new CelFault(`${JSON.stringify(text)} is no semantic version`);
    return opaque('semver', `${version.numbers.join('.')}-${version.pre.join('.')}`, version);
  };
  const part = (name: string, index: 0 | 1 | 2) =>
    celMethod(name, MAP, [], INT, function () {
      return contentOf<Semver>('semver', this).numbers[index];
    });
  return [
    celFunc('isSemver', [STRING], BOOL, (text) => readSemver(text) !== undefined),
    celFunc('isSemver', [STRING, BOOL], BOOL, (text, normalize) => readSemver(text, normalize) !== undefined),
    celFunc('semver', [STRING], DYN, (text) => made(text, false)),
    celFunc('semver', [STRING, BOOL], DYN, made),
    part('major', 0),
    part('minor', 1),
    part('patch', 2),
  ];
}
