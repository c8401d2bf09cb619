import { imageReferenceProblem } from '../../../upstream/kubernetes/image-reference';

const DIGEST = `sha256:${'0a'.repeat(32)}`;

test.each([
  ...[
    'nginx',
    'nginx:1.25',
    'shop/web:V1.2_3-x',
    'localhost/web',
    'registry:5000/web:1',
    '10.0.0.1:443/a/b',
    '[::1]:5000/web',
  ],
  ...[
    'Registry/web',
    'EXAMPLE.com/web:1',
    'docker.io/nginx',
    'a__b/c--d.e',
    `nginx@${DIGEST}`,
    `ghcr.io/x/y:1@${DIGEST}`,
  ],
  ...[`nginx@sha512:${'0a'.repeat(64)}`, `nginx:${'t'.repeat(128)}`, 'a'.repeat(247), `${'0a'.repeat(32)}:1`],
])('%s parses', (image) => expect(imageReferenceProblem(image)).toBeUndefined());

test.each([
  ['MyOrg/App:1.0', 'has upper-case letters in the repository App'],
  ['nginX', 'has upper-case letters in the repository library/nginX'],
  ['nginx@sha256:abc', 'has a sha256 digest that is not 64 hexadecimal digits in lower case'],
  [`nginx@${DIGEST.toUpperCase()}`, 'has a digest by SHA256, and only sha256, sha384, sha512 are known'],
  [`nginx@md5:${'0'.repeat(32)}`, 'has a digest by md5, and only sha256, sha384, sha512 are known'],
  ['nginx@1.25', 'has no digest after @ (sha256:… is one)'],
  ['https://ghcr.io/x/y:1', 'begins with https://'],
  ['docker://nginx', 'begins with docker://'],
  ['nginx:1.25:latest', 'has two tags (1.25, latest)'],
  ['nginx:', 'has an empty tag'],
  ['nginx: 1.25', 'has white space'],
  ['nginx:v1+build', 'has the tag "v1+build", and a tag is up to 128 letters'],
  ['nginx:-1', 'has the tag "-1", and a tag is up to 128 letters'],
  ['x/y:$' + '{TAG}', 'has the tag "$' + '{TAG}"'],
  ['a//b', 'is not [REGISTRY/]NAME[:TAG][@DIGEST]'],
  ['-web', 'is not [REGISTRY/]NAME[:TAG][@DIGEST]'],
  ['a'.repeat(248), 'has a repository of 256 characters, more than 255'],
  ['0a'.repeat(32), 'is 64 hexadecimal digits'],
  ['', 'is empty'],
])('%j %s', (image, problem) => expect(imageReferenceProblem(image)).toContain(problem));

test('a long reference that does not parse is refused at once', () => {
  const started = performance.now();
  for (const image of ['a-'.repeat(50_000), 'a.'.repeat(50_000), `${'a'.repeat(100_000)}!`, 'x/'.repeat(50_000)])
    expect(imageReferenceProblem(image)).toBeDefined();
  expect(performance.now() - started).toBeLessThan(500);
});
