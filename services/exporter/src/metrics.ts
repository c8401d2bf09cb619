import { Counter, Gauge, Registry } from 'prom-client';
import { DROP_REASONS } from './course';
import type { Reading } from './redis-pass';
import type { Scrape } from './scraper';

/** A registry of its own for every scrape, so no series can outlive the scrape that saw it. */
export function scrapeMetrics({ reading, durationSeconds }: Scrape): Registry {
  const registry = new Registry();
  const registers = [registry];
  new Gauge({
    name: 'course_redis_up',
    help: 'Whether Redis answered this scrape completely (1) or not (0).',
    registers,
  }).set(reading ? 1 : 0);
  new Gauge({
    name: 'course_exporter_scrape_duration_seconds',
    help: 'Time this scrape spent reading Redis.',
    registers,
  }).set(durationSeconds);
  if (reading) addReading(registry, reading);
  return registry;
}

function addReading(registry: Registry, { samples, dropped }: Reading): void {
  const registers = [registry];
  const visits = new Counter({
    name: 'course_visits_total',
    help: "Visits of a student's page.",
    labelNames: ['student'],
    registers,
  });
  const comments = new Gauge({
    name: 'course_guestbook_comments',
    help: "Entries in a student's guestbook.",
    labelNames: ['student'],
    registers,
  });
  const droppedKeys = new Gauge({
    name: 'course_exporter_dropped_keys',
    help: 'Redis keys left out of this scrape.',
    labelNames: ['reason'],
    registers,
  });

  for (const { measure, student, value } of samples) {
    if (measure === 'visits') visits.inc({ student }, value);
    else comments.set({ student }, value);
  }
  for (const reason of DROP_REASONS) droppedKeys.set({ reason }, dropped.filter((each) => each === reason).length);
}
