import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { matrix } from '../../environments/matrix';
import * as exported from '../../features';
import { features } from '../../features/registry';
import { capabilities } from '../../model/capability';

const folder = join(__dirname, '../../features');
const files = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .flatMap(({ name }) => readdirSync(join(folder, name)).map((file) => `${name}/${file.replace(/\.ts$/, '')}`));
const names = features.map(({ name }) => name);

test.each(files)('features/%s.ts holds the feature of its name, which is exported and registered once', (file) => {
  const inFile = Object.values(require(join(folder, file)) as Record<string, (typeof features)[number]>);
  expect(inFile.map(({ name, facts }) => `${facts.group}/${name}`)).toEqual([file]);
  expect(Object.values(exported).filter((each) => each === inFile[0])).toHaveLength(1);
  expect(features.filter((each) => each === inFile[0])).toHaveLength(1);
});

test('there are no others', () => {
  expect([...names].sort()).toEqual(files.map((file) => file.split('/')[1]).sort());
  expect(Object.values(exported)).toHaveLength(files.length);
});

test.each(features)('$name says in one line what a target gains', ({ facts }) => {
  expect(facts.summary).toMatch(/^\S[^\n]{10,100}$/);
});

test('whatever a feature excludes by name exists', () => {
  const known = [...names, ...matrix.environments.map(({ name }) => name)];
  for (const { facts } of features) for (const { what } of facts.excludes ?? []) expect(known).toContain(what);
});

test('whatever a feature needs can be had: from a cluster of the matrix or from another feature', () => {
  for (const need of features.flatMap(({ facts }) => facts.needs ?? [])) {
    const cluster = matrix.clusters.some((each) => capabilities[need].on(each));
    const feature = features.some(({ facts }) => facts.provides?.includes(need));
    expect([need, cluster || feature]).toEqual([need, true]);
  }
});
