import type { CelFunc, CelValue } from '@bufbuild/cel';
import { addressFunctions } from './addresses';
import { formatFunctions } from './formats';
import { listFunctions } from './lists';
import { optionalFunctions } from './optionals';
import type { Library } from './parts';
import { quantityFunctions } from './quantities';
import { regexFunctions } from './regexes';
import { semverFunctions } from './semvers';
import { setFunctions } from './sets';
import { stringFunctions } from './strings';
import { urlFunctions } from './urls';

/** The functions that Kubernetes adds to CEL (k8s.io/apiserver/pkg/cel/library), those of all versions. */
export function kubernetesFunctions(cel: typeof import('@bufbuild/cel')): CelFunc[] {
  const { celFunc, celMethod, isCelList, isCelMap, CelScalar, listType, mapType, plan, celEnv, parse, isCelError } =
    cel;
  const { BOOL, BYTES, DOUBLE, DYN, INT, STRING } = CelScalar;
  const operator = (text: string) => {
    const evaluate = plan(celEnv({ variables: { a: DYN, b: DYN } }), parse(text));
    return (a: CelValue, b: CelValue): CelValue => {
      const result = evaluate({ a: a as never, b: b as never });
      if (isCelError(result)) throw new Error(result.message);
      return result;
    };
  };
  const [equal, less, plus] = [operator('a == b'), operator('a < b'), operator('a + b')];
  const library: Library = {
    celFunc,
    celMethod,
    isCelList,
    isCelMap,
    BOOL,
    BYTES,
    DOUBLE,
    DYN,
    INT,
    STRING,
    LIST: listType(DYN),
    MAP: mapType(DYN, DYN),
    isEqual: (a, b) => equal(a, b) === true,
    isLess: (a, b) => less(a, b) === true,
    plus,
  };
  return [
    stringFunctions,
    listFunctions,
    regexFunctions,
    urlFunctions,
    addressFunctions,
    quantityFunctions,
    formatFunctions,
    semverFunctions,
    setFunctions,
    optionalFunctions,
  ].flatMap((part) => part(library));
}
