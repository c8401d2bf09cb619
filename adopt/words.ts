/** `web-config.yaml` → `webConfig`; begins with a letter, and is no word of the language. */
export function camel(text: string): string {
  const name = joinedWords(text);
  return RESERVED.has(name) ? `${name}Value` : name;
}

/** Whether `camel` takes the words as they are: they are no word of the language. */
export function isFreeWord(text: string): boolean {
  return !RESERVED.has(joinedWords(text));
}

function joinedWords(text: string): string {
  const words = text
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(/[^A-Za-z0-9]+/)
    .filter(Boolean)
    .map((word) => (/^[A-Z0-9]+$/.test(word) ? word.toLowerCase() : word));
  const joined = words.map((word, i) => (i === 0 ? lowerFirst(word) : upperFirst(word))).join('');
  return /^[a-z]/i.test(joined) ? joined : `the${upperFirst(joined)}`;
}

export function upperFirst(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}

function lowerFirst(text: string): string {
  return `${text.slice(0, 1).toLowerCase()}${text.slice(1)}`;
}

/** A name of lower case letters, digits and inner hyphens, of at most `max` characters; `fallback` where nothing is left. */
export function label(text: string, fallback: string, max = 50): string {
  const name = text
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, max)
    .replace(/^-+|-+$/g, '');
  return name === '' ? fallback : name;
}

/** `Deployment, Service and ConfigMap` */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** Words that TypeScript keeps for itself, and names that the written code uses. */
const RESERVED = new Set(
  [
    'arguments as async await boolean break case catch class const continue debugger default delete do else enum eval export extends false',
    'finally for from function get if implements import in instanceof interface let module name namespace never new null number object of',
    'package private protected public return set static string super switch symbol target this throw true try type typeof undefined',
    'unknown var void while with yield because cluster common component environment feature flag matrix matrixOf named patch patchEach platform',
    'namePrefix nameSuffix prefix settings settingsOf spec suffix text texts textMap decimal value whole withContentHash',
  ].flatMap((line) => line.split(' ')),
);
