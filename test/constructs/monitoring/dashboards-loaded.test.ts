/** Grafana's SDK is loaded by whoever renders a dashboard, and by nobody else: it is the larger half of what starting would take. */
jest.mock('@grafana/grafana-foundation-sdk/dashboard', () => {
  throw new Error("Grafana's SDK is loaded");
});

import course from '../../../main';
import { renderedManifests } from '../../../verify';

const targets = course.matrix.targets();
const shows = ({ features }: (typeof targets)[number]) => features.some(({ name }) => name === 'grafana');

test.each(targets.filter((target) => !shows(target)).map(({ name }) => name))('%s is rendered without it', (name) => {
  expect(renderedManifests(course, name).text).toContain('kind: Deployment');
});

test.each(targets.filter(shows).map(({ name }) => name))('%s has dashboards, and needs it', (name) => {
  expect(() => renderedManifests(course, name)).toThrow("Grafana's SDK is loaded");
});
