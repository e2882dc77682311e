// What every rule of reading may use: the target, the list of faults, and the place where templates are gathered.
import type { YamlScalar } from '../../../formats/yaml-document.ts';
import type { AlertmanagerTarget } from '../capability.ts';
import type { FindingList } from '../finding.ts';
import type { SourceTemplate } from './source.ts';

export interface Reading {
  readonly target: AlertmanagerTarget;
  readonly findings: FindingList;
  /** Remembers a text that will be rendered. */
  noteTemplate(node: YamlScalar, text: string, path: string, more?: Partial<SourceTemplate>): void;
}
