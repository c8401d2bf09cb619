import { flowVerdict, testAlerts, testGolden, testNoFindings } from 'strata/testing';
import platform from '../main';

// What is rendered, for people to review: `npm run golden` writes it anew.
testGolden(platform, { folder: `${__dirname}/golden` });

testNoFindings(platform);

// Alerts fire, and do not, as their tests say: by promtool, for targets that have a Prometheus.
testAlerts(platform);

test('in prod, the pods open no connection to the outside', () => {
  expect(flowVerdict(platform, 'prod@kind', { from: 'web', to: 'outside', port: 443 })).toBe('denied');
});
