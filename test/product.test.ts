import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { namespaceOf, Platform } from '../composition/platform';
import { argoObjects } from '../constructs/delivery/argocd';
import { synthesize } from '../constructs/synthesis/synthesis';
import { matrix } from '../environments/matrix';
import { images } from '../model/images';
import { course } from '../platform';

const root = join(__dirname, '..');

test('the product is named in one place: platform.ts', () => {
  const rooms = [
    'model',
    'constructs',
    'features',
    'composition',
    'clusters',
    'render',
    'cli',
    'manifests',
    'upstream',
    'world',
    'simulate',
    'checks',
    'report',
  ];
  const files = rooms.flatMap((room) =>
    readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => `${room}/${path}`),
  );
  // Where images of this repository's services are pushed to is a fact of its own.
  const naming = files.filter(
    (file) =>
      file !== 'model/images.ts' && new RegExp(`\\b${course.name}\\b`).test(readFileSync(join(root, file), 'utf8')),
  );
  expect(naming).toEqual([]);
});

test('namespaces, labels and the names in Argo CD follow the product', () => {
  const delivery = { repoUrl: 'https://git.example.com/x.git', revision: 'main', folder: '', argoNamespace: 'argocd' };
  const targets = matrix.targets();
  const rendered = targets.map((target) =>
    synthesize(new Platform(target, { ...course, name: 'shop' }).app).flatMap(({ objects }) => objects),
  );
  const delivered = argoObjects(
    'shop',
    delivery,
    targets.map((target) => ({
      target,
      namespace: namespaceOf(target, { name: 'shop' }),
      objects: [],
      facts: { others: [], deadline: 300 },
    })),
  );
  let text = JSON.stringify([rendered, delivered]);
  for (const image of [images.web, images.exporter, images.queueWorker, images.queuePublisher])
    text = text.replaceAll(image, 'IMAGE');
  // What the programs call their metrics is theirs.
  text = text.replaceAll(/\bcourse_[a-z_]+/g, 'METRIC');
  expect(text).not.toMatch(new RegExp(course.name));
  expect(text).toContain('"app.kubernetes.io/part-of":"shop"');
  expect(text).toContain('"name":"shop-prod-cloud"');
});
