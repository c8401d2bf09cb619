import type { Dashboard, DashboardPanel, DashboardVariable, EventMark } from './dashboard';

/** The uid of the data source, which every panel names. */
export const DATA_SOURCE = { type: 'prometheus', uid: 'prometheus' } as const;

/** Columns of Grafana's grid. */
const COLUMNS = 24;
const HEIGHTS = { graph: 8, figure: 4 } as const;
const TAG = 'strata';
const SHORT = 120;

/**
 * What Grafana writes dashboards with, in the types that it publishes. Loaded with the first dashboard: most renders have none. Its own
 * types stay in here, so that a project needs no package of Grafana.
 */
function sdk() {
  return {
    ...(require('@grafana/grafana-foundation-sdk/dashboard') as typeof import('@grafana/grafana-foundation-sdk/dashboard')),
    prometheus:
      require('@grafana/grafana-foundation-sdk/prometheus') as typeof import('@grafana/grafana-foundation-sdk/prometheus'),
    stat: require('@grafana/grafana-foundation-sdk/stat') as typeof import('@grafana/grafana-foundation-sdk/stat'),
    timeseries:
      require('@grafana/grafana-foundation-sdk/timeseries') as typeof import('@grafana/grafana-foundation-sdk/timeseries'),
    common:
      require('@grafana/grafana-foundation-sdk/common') as typeof import('@grafana/grafana-foundation-sdk/common'),
  };
}
type Sdk = ReturnType<typeof sdk>;

/** The file of a dashboard, as Grafana provisions it. The same dashboard gives the same text. */
export function dashboardJson(dashboard: Dashboard): string {
  const grafana = sdk();
  const { DashboardBuilder, DashboardLinkBuilder, DashboardLinkType, RowBuilder, DashboardCursorSync } = grafana;
  const builder = new DashboardBuilder(dashboard.title)
    .uid(dashboard.uid)
    .description(dashboard.description)
    .tags([TAG])
    .timezone('browser')
    .time({ from: 'now-3h', to: 'now' })
    .refresh('1m')
    .tooltip(DashboardCursorSync.Crosshair)
    .readonly()
    .variables(dashboard.variables.map((variable) => variableOf(grafana, variable)))
    .annotations(dashboard.marks.map((mark) => annotationOf(grafana, mark)))
    .link(
      new DashboardLinkBuilder('Dashboards')
        .type(DashboardLinkType.Dashboards)
        .tags([TAG])
        .asDropdown(true)
        .keepTime(true),
    );
  let [id, y] = [1, 0];
  for (const { title, panels } of dashboard.rows) {
    builder.withRow(new RowBuilder(title).id(id++).gridPos({ x: 0, y, w: COLUMNS, h: 1 }));
    const places = placesOf(panels, y + 1);
    for (const [i, panel] of panels.entries()) builder.withPanel(panelOf(grafana, panel).id(id++).gridPos(places[i]!));
    y = Math.max(...places.map((place) => place.y + place.h), y + 1);
  }
  // Without what is undefined.
  return `${textOf(JSON.parse(JSON.stringify(builder.build())))}\n`;
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** One beside the other, in a new line where no room is left. The builder of Grafana's own puts what is too wide beside the edge. */
function placesOf(panels: readonly DashboardPanel[], top: number): Place[] {
  let [x, y, height] = [0, top, 0];
  return panels.map(({ kind, width }) => {
    const [w, h] = [width ?? (kind === 'graph' ? COLUMNS / 2 : COLUMNS / 4), HEIGHTS[kind]];
    if (x + w > COLUMNS) [x, y, height] = [0, y + height, 0];
    const place = { x, y, w, h };
    [x, height] = [x + w, Math.max(height, h)];
    return place;
  });
}

function panelOf(grafana: Sdk, panel: DashboardPanel) {
  const { kind, title, description, unit, queries, limits = [], lowIsBad = false, max } = panel;
  const builder = kind === 'graph' ? graphOf(grafana, panel) : figureOf(grafana);
  builder
    .title(title)
    .description(description)
    .datasource(DATA_SOURCE)
    .unit(unit)
    .thresholds(
      new grafana.ThresholdsConfigBuilder()
        .mode(grafana.ThresholdsMode.Absolute)
        .steps(stepsOf(limits, lowIsBad, kind === 'graph' ? 'transparent' : 'green')),
    );
  if (max !== undefined) builder.max(max);
  for (const [i, { expr, legend }] of queries.entries()) {
    const query = new grafana.prometheus.DataqueryBuilder()
      .datasource(DATA_SOURCE)
      .refId(refIdOf(i))
      .expr(expr)
      .legendFormat(legend);
    builder.withTarget(kind === 'graph' ? query.range() : query.instant());
  }
  const [first] = queries;
  if (first?.mayBeEmpty !== undefined && queries.every(({ mayBeEmpty }) => mayBeEmpty !== undefined))
    builder.noValue(first.mayBeEmpty);
  return builder;
}

function graphOf({ timeseries, common }: Sdk, { limits = [], lowIsBad = false }: DashboardPanel) {
  const builder = new timeseries.PanelBuilder()
    .lineWidth(1)
    .fillOpacity(10)
    .showPoints(common.VisibilityMode.Never)
    .legend(
      new common.VizLegendOptionsBuilder()
        .showLegend(true)
        .displayMode(common.LegendDisplayMode.List)
        .placement(common.LegendPlacement.Bottom),
    )
    .tooltip(
      new common.VizTooltipOptionsBuilder().mode(common.TooltipDisplayMode.Multi).sort(common.SortOrder.Descending),
    );
  // What may go below 0 does so where that is bad.
  if (!lowIsBad) builder.min(0);
  if (limits.length > 0)
    builder.thresholdsStyle(
      new common.GraphThresholdsStyleConfigBuilder().mode(common.GraphThresholdsStyleMode.Dashed),
    );
  return builder;
}

function figureOf({ stat, common }: Sdk) {
  return new stat.PanelBuilder()
    .graphMode(common.BigValueGraphMode.None)
    .reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false));
}

/** Colours from the lowest value up. */
function stepsOf(limits: readonly number[], lowIsBad: boolean, well: string) {
  const warning = (i: number) => (i === limits.length - 1 ? 'red' : 'orange');
  if (!lowIsBad) return [{ value: null, color: well }, ...limits.map((value, i) => ({ value, color: warning(i) }))];
  // Below the last limit it is worst, above the first one all is well.
  const colours = [...limits.map((_, i) => warning(i)).toReversed(), well];
  return [null, ...limits.toReversed()].map((value, i) => ({ value, color: colours[i]! }));
}

function variableOf(
  { QueryVariableBuilder, VariableRefresh, VariableSort }: Sdk,
  { name, label, of, values }: DashboardVariable,
) {
  return (
    new QueryVariableBuilder(name)
      .label(label)
      .datasource(DATA_SOURCE)
      .query(`label_values(${of}, ${values})`)
      .refresh(VariableRefresh.OnTimeRangeChanged)
      .sort(VariableSort.AlphabeticalAsc)
      .multi(true)
      .includeAll(true)
      // Series without the label are among all of them.
      .allValue('.*')
      .current({ selected: true, text: 'All', value: '$__all' })
  );
}

function annotationOf({ AnnotationQueryBuilder }: Sdk, { name, expr, text, tags, colour }: EventMark) {
  return new AnnotationQueryBuilder()
    .name(name)
    .datasource(DATA_SOURCE)
    .enable(true)
    .hide(false)
    .iconColor(colour)
    .expr(expr)
    .titleFormat(name)
    .textFormat(text)
    .tagKeys(tags.join(','))
    .step('60s');
}

/** JSON with what is short on one line, so that a change of a panel is a line or two. */
function textOf(value: unknown, indent = ''): string {
  const whole = JSON.stringify(value);
  if (value === null || typeof value !== 'object' || whole.length <= SHORT) return whole;
  const inner = `${indent}  `;
  const isList = Array.isArray(value);
  const lines = isList
    ? value.map((each) => textOf(each, inner))
    : Object.entries(value).map(([key, each]) => `${JSON.stringify(key)}: ${textOf(each, inner)}`);
  const [open, close] = isList ? '[]' : '{}';
  return `${open}\n${lines.map((line) => `${inner}${line}`).join(',\n')}\n${indent}${close}`;
}

/** A, B, … Z, AA: what Grafana calls the queries of a panel. */
function refIdOf(i: number): string {
  const letter = String.fromCharCode(65 + (i % 26));
  return i < 26 ? letter : `${refIdOf(Math.floor(i / 26) - 1)}${letter}`;
}
