// Templates that will fail when the first alert comes: broken syntax, functions and templates that the target does not have.
import { parseGoTemplate } from '../../../formats/go-template.ts';
import type { GoTemplateProblem } from '../../../formats/go-template.ts';
import { textsField } from '../read/source.ts';
import { defaultTemplates, functionSince, templateFunctions } from '../template-names.ts';
import type { LintSubject, TemplateFile } from './lint-subject.ts';

/** Bytes of a template file that are looked at. */
const LONGEST_FILE = 1_000_000;

export function findBrokenTemplates(subject: LintSubject): void {
  const { templates, findings, target } = subject;
  const functions = templateFunctions(target);
  const defined = new Set(defaultTemplates(target));
  const complete = readTemplateFiles(subject, functions, defined);
  for (const { text, position, path, parsedOnLoad, secret } of templates) {
    if (parsedOnLoad) continue;
    const template = parseGoTemplate(text, functions);
    if (template.problem !== undefined) {
      findings.warning(
        'invalid-template',
        position,
        `${path} is no template that Alertmanager ${target} can render${lineOf(template.problem)}: ${template.problem.message}; each notification with it will fail`,
        templateRemedy(template.problem),
        secret ? undefined : text,
      );
      continue;
    }
    const own = new Set(template.defines);
    for (const { name } of template.calls) {
      if (!complete || defined.has(name) || own.has(name)) continue;
      findings.warning(
        'undefined-template',
        position,
        `${path} calls the template "${name}", which nothing defines; each notification with it will fail`,
        'Define it in a file under templates, or correct the name.',
        name,
      );
    }
  }
}

/** Adds what the files define; false when they are not all known. */
function readTemplateFiles(
  { configuration, file, findings, templateFiles, target }: LintSubject,
  functions: readonly string[],
  defined: Set<string>,
): boolean {
  if (templateFiles === undefined) return configuration.templates.length === 0;
  for (const { text: glob, position } of textsField(file, 'templates')) {
    const files = templateFiles.get(glob) ?? [];
    if (files.length === 0) {
      findings.warning(
        'empty-template-glob',
        position,
        `no file matches ${glob}`,
        'Correct the path; a relative one counts from the folder of the configuration file.',
        glob,
      );
    }
    for (const each of files) {
      const template = parseGoTemplate(each.text.slice(0, LONGEST_FILE), functions);
      for (const name of [...template.defines, baseName(each)]) defined.add(name);
      if (template.problem === undefined) continue;
      findings.error(
        'invalid-template-file',
        position,
        `Alertmanager ${target} refuses the template file ${each.path}${lineOf(template.problem)}: ${template.problem.message}`,
        templateRemedy(template.problem),
        each.path,
      );
    }
  }
  return true;
}

/** A file is a template too, under its own name. */
function baseName({ path }: TemplateFile): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function lineOf({ line }: GoTemplateProblem): string {
  return line > 1 ? ` (line ${line} of it)` : '';
}

function templateRemedy({ message }: GoTemplateProblem): string {
  const name = /^function "(.*)" not defined$/.exec(message)?.[1];
  if (name === undefined)
    return 'Mend the template; {{ and }} belong together, as do if, range, with and end.';
  const since = functionSince(name);
  return since === undefined
    ? 'Use a function that Alertmanager has, such as toUpper, join or match.'
    : `${name} is there since Alertmanager ${since}: run that, or do without.`;
}
