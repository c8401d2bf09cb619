import { TemplateError } from '../go-template/lex';
import { parseTemplate, UnknownFunction } from '../go-template/parse';

/** Functions of Go's templates, and those that Prometheus adds (template/template.go). */
const FUNCTIONS: ReadonlySet<string> = new Set(
  (
    'and or not len index slice print printf println html js urlquery call eq ne lt le gt ge ' +
    'query first label value strvalue args reReplaceAll safeHtml match title toUpper toLower graphLink tableLink sortByLabel stripPort stripDomain ' +
    'humanize humanize1024 humanizeDuration humanizePercentage humanizeTimestamp toTime toDuration pathPrefix externalURL parseDuration parseDurationTime tmpl now urlQueryEscape toJson'
  ).split(' '),
);
const VARIABLES = ['$labels', '$externalLabels', '$externalURL', '$value'];

/** Why Prometheus does not read the template of a label or annotation; `open`: a later version may. */
export function templateProblem(template: string): { readonly reason: string; readonly open?: boolean } | undefined {
  try {
    parseTemplate(template, { functions: FUNCTIONS, variables: VARIABLES });
    return undefined;
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return { reason: error.message, ...(error instanceof UnknownFunction ? { open: true } : {}) };
  }
}
