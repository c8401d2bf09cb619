import type { CelValue } from '@bufbuild/cel';

type Cel = typeof import('@bufbuild/cel');

/** What the parts of the library are made with: the package is loaded with the first rule. */
export interface Library
  extends Pick<Cel, 'celFunc' | 'celMethod' | 'isCelList' | 'isCelMap'>,
    Pick<Cel['CelScalar'], 'BOOL' | 'BYTES' | 'DOUBLE' | 'DYN' | 'INT' | 'STRING'> {
  readonly LIST: ReturnType<Cel['listType']>;
  readonly MAP: ReturnType<Cel['mapType']>;
  /** As CEL compares; throws where the two cannot be compared. */
  readonly isEqual: (a: CelValue, b: CelValue) => boolean;
  readonly isLess: (a: CelValue, b: CelValue) => boolean;
  readonly plus: (a: CelValue, b: CelValue) => CelValue;
}
