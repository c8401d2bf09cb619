import type { Json } from '../../manifests/resource';
import { list, record } from '../../manifests/resource';
import type { ConfigProblem } from './form';
import { eachOf, objectOf, scalarText, TEXTS } from './form';

/** The storage of a configuration. */
export const STORAGE = objectOf({
  tsdb: objectOf({
    out_of_order_time_window: 'duration',
    stale_series_compaction_threshold: 'number',
    chunk_encoding: objectOf({ floats: { oneOf: ['xor', 'xor2'], empty: true } }),
    retention: objectOf({ time: 'duration', size: 'size', percentage: 'number' }),
  }),
  exemplars: objectOf({ max_exemplars: 'integer' }),
});
/** How samples of OpenTelemetry are taken in. */
export const OTLP = objectOf({
  ...eachOf(TEXTS, 'promote_resource_attributes ignore_resource_attributes'),
  translation_strategy: {
    oneOf: [
      'UnderscoreEscapingWithSuffixes',
      'UnderscoreEscapingWithoutSuffixes',
      'NoUTF8EscapingWithSuffixes',
      'NoTranslation',
    ],
    empty: true,
  },
  ...eachOf(
    'switch',
    'promote_all_resource_attributes keep_identifying_resource_attributes convert_histograms_to_nhcb promote_scope_metadata label_name_underscore_sanitization label_name_preserve_multiple_underscores',
  ),
});

/** What is wrong with how much is kept. */
export function* storageProblems(configuration: Json): Iterable<ConfigProblem> {
  const percentage = record(record(record(configuration['storage'])?.['tsdb'])?.['retention'])?.['percentage'];
  if (typeof percentage === 'number' && !(percentage >= 0 && percentage <= 100))
    yield {
      path: ['storage', 'tsdb', 'retention', 'percentage'],
      value: percentage,
      reason: `percentage is from 0 to 100, not ${percentage}`,
    };
}

/** What is wrong with how OpenTelemetry is taken in. */
export function* otlpProblems(configuration: Json): Iterable<ConfigProblem> {
  const otlp = record(configuration['otlp']);
  if (!otlp) return;
  const [promoted, ignored] = ['promote_resource_attributes', 'ignore_resource_attributes'].map((name) =>
    list(otlp[name]),
  );
  const everything = otlp['promote_all_resource_attributes'] === true;
  if (everything && promoted!.length > 0)
    yield {
      path: ['otlp', 'promote_resource_attributes'],
      reason: 'promote_resource_attributes cannot be set beside promote_all_resource_attributes',
    };
  if (!everything && ignored!.length > 0)
    yield {
      path: ['otlp', 'ignore_resource_attributes'],
      reason: 'ignore_resource_attributes needs promote_all_resource_attributes',
    };
  const [name, attributes] = everything
    ? ['ignore_resource_attributes', ignored!]
    : ['promote_resource_attributes', promoted!];
  const seen = new Set<string>();
  for (const [i, attribute] of attributes.entries()) {
    const text = (attribute === null ? '' : (scalarText(attribute) ?? 'an object')).trim();
    if (text === '' || seen.has(text))
      yield {
        path: ['otlp', name, i],
        value: attribute,
        reason: text === '' ? 'the attribute is empty' : `${text} stands there twice`,
      };
    seen.add(text);
  }
  const strategy = otlp['translation_strategy'];
  const global = record(configuration['global']);
  if (global?.['metric_name_validation_scheme'] === 'legacy' && /^No/.test(String(strategy)))
    yield {
      path: ['otlp', 'translation_strategy'],
      value: strategy,
      reason: `${String(strategy)} gives names in UTF-8, which metric_name_validation_scheme legacy does not take`,
    };
}
