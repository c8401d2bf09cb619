/**
 * The kubelet's parser of image references as the oracle of upstream/kubernetes/image-reference: whether a reference parses. References
 * are put together from parts that are right, near the edge, and wrong, and then changed by some characters.
 *
 *   npm run oracle:images -- [COUNT] [SEED]     (needs Go)
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { imageReferenceProblem } from '../../upstream/kubernetes/image-reference';
import { random } from './mutate';

const HEX = '0123456789abcdef'.repeat(8);
const REGISTRIES = [
  ...[
    '',
    '',
    '',
    'docker.io/',
    'index.docker.io/',
    'ghcr.io/',
    'localhost/',
    'localhost:5000/',
    'registry:5000/',
    'Registry/',
  ],
  ...[
    '10.0.0.1:443/',
    '[::1]:5000/',
    '[fe80::1%eth0]/',
    'my_host.io/',
    'a.b:port/',
    'a..b/',
    '-a.b/',
    'https://ghcr.io/',
    'docker://',
  ],
  ...[
    'EXAMPLE.com/',
    'a.b:/',
    '/',
    '//',
    '${REGISTRY}/',
    'aws_account.dkr.ecr/',
    'x.'.repeat(130),
    ':5000/',
    '.io/',
    'ü.de/',
  ],
];
const NAMES = [
  ...[
    'nginx',
    'library/nginx',
    'shop/web',
    'a/b/c/d',
    'my-app',
    'my--app',
    'my_app',
    'my__app',
    'my___app',
    'my.app',
    'my..app',
    'my-.app',
  ],
  ...[
    'MyApp',
    'shop/Web',
    'Shop/web',
    'a-',
    '-a',
    '_a',
    'a_',
    '.a',
    'a/',
    'a//b',
    '',
    'ä',
    'a b',
    'a+b',
    '{{ .image }}',
    '<image>',
    '1',
    '0/1',
  ],
  ...[
    'a'.repeat(255),
    'a'.repeat(256),
    `${'a/'.repeat(127)}b`,
    `${'a/'.repeat(128)}b`,
    'a'.repeat(247),
    'a'.repeat(248),
    HEX.slice(0, 64),
    'İ',
  ],
];
const TAGS = [
  ...[
    '',
    '',
    ':latest',
    ':1.25',
    ':v1.2.3-rc.1',
    ':V1',
    ':_x',
    ':-x',
    ':.x',
    ':',
    ':1.25:latest',
    ':v1+build',
    ':${TAG}',
    ':1 ',
    ':a/b',
    ':x@y',
  ],
  ...[`:${'t'.repeat(128)}`, `:${'t'.repeat(129)}`, ':1\n', ':ä', ':1_2', ':5000/x', ':5000/x:1', '::1'],
];
const DIGESTS = [
  ...[
    '',
    '',
    '',
    `@sha256:${HEX.slice(0, 64)}`,
    `@sha384:${HEX.slice(0, 96)}`,
    `@sha512:${HEX}`,
    '@sha256:abc',
    '@',
    '@sha256:',
    '@sha256',
  ],
  ...[
    `@sha256:${HEX.slice(0, 63)}`,
    `@sha256:${HEX.slice(0, 65)}`,
    `@sha256:${HEX.slice(0, 64).toUpperCase()}`,
    `@md5:${HEX.slice(0, 32)}`,
  ],
  ...[
    `@sha1:${HEX.slice(0, 40)}`,
    `@sha256:${'g'.repeat(64)}`,
    `@SHA256:${HEX.slice(0, 64)}`,
    `@sha256+b64:${HEX.slice(0, 64)}`,
  ],
  ...[
    `@x:${HEX.slice(0, 31)}`,
    `@blake3:${HEX.slice(0, 64)}`,
    `@sha512:${HEX.slice(0, 64)}`,
    `@sha256:${HEX.slice(0, 64)}@sha256:${HEX.slice(0, 64)}`,
  ],
];
const SIGNS = [...'abzAZ019._-:/@+[]${}% \n~é'];

const [, , count = '', seed = '', out = '', program = ''] = process.argv;
const next = random(Number(seed));
/** More often one of the first, which are right. */
const pick = <T>(values: readonly T[]): T => values[Math.floor(next() ** 2 * values.length)]!;

/** A sign put in, dropped, or in the place of another. */
function changed(image: string): string {
  const at = Math.floor(next() * (image.length + 1));
  const kind = next();
  if (kind < 0.4) return image.slice(0, at) + pick(SIGNS) + image.slice(at);
  return image.slice(0, at) + (kind < 0.7 ? '' : pick(SIGNS)) + image.slice(at + 1);
}

const images = new Set<string>();
while (images.size < Number(count)) {
  let image = pick(REGISTRIES) + pick(NAMES) + pick(TAGS) + pick(DIGESTS);
  for (let changes = Math.floor(next() * 4); changes > 1; changes--) image = changed(image);
  images.add(image);
}

const asked = [...images];
const input = asked.map((image) => JSON.stringify(image)).join('\n');
const answers = execFileSync(program, { input, encoding: 'utf8', maxBuffer: 1 << 30 })
  .trim()
  .split('\n');
if (answers.length !== asked.length) throw new Error(`${answers.length} answers to ${asked.length} questions`);
const wrong = asked.flatMap((image, i) => {
  const theirs = JSON.parse(answers[i]!) as string;
  const ours = imageReferenceProblem(image) ?? '';
  return (theirs === '') === (ours === '') ? [] : [{ image, ours, theirs }];
});
const parsed = answers.filter((answer) => answer === '""').length;
console.log(`${asked.length} references, ${parsed} parse: ${wrong.length} judged otherwise`);
for (const difference of wrong.slice(0, 20)) console.log(`  ${JSON.stringify(difference)}`);
writeFileSync(out, JSON.stringify(wrong, null, 1));
process.exitCode = wrong.length > 0 ? 1 : 0;
