// Holds values against JSON Schemas; each schema is compiled once.
import { Ajv, type ErrorObject, type Options } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { compilePart } from '../../formats/regular-expression.ts';
import { ProbeFailure } from '../probe-failure.ts';

export type SchemaDialect = 'draft-07' | '2019-09' | '2020-12';

export interface SchemaValidators {
  /**
   * A function that says what is wrong with a value, undefined when nothing is. The key stands for the schema.
   * @param coerce whether texts may stand for numbers and flags, as in headers
   * @throws ProbeFailure `setup` when the schema is none
   */
  validator(
    key: string,
    make: () => { readonly schema: object; readonly dialect: SchemaDialect },
    coerce?: boolean,
  ): (value: unknown) => string | undefined;
}

type Validate = (value: unknown) => string | undefined;

const MOST_VALIDATORS = 200;
const DIALECTS = { 'draft-07': Ajv, '2019-09': Ajv2019, '2020-12': Ajv2020 } as const;

export function createSchemaValidators(): SchemaValidators {
  const known = new Map<string, Validate>();
  return {
    validator(key, make, coerce = false) {
      const before = known.get(key);
      if (before !== undefined) return before;
      const { schema, dialect } = make();
      const validate = compile(schema, dialect, coerce);
      if (known.size >= MOST_VALIDATORS) known.clear();
      known.set(key, validate);
      return validate;
    },
  };
}

interface Pattern {
  test(text: string): boolean;
  /** By this Ajv tells one from another. */
  toString(): string;
}

/** The expressions of schemas are matched in time that grows with the text only, unless they use what RE2 lacks. */
function pattern(source: string): Pattern {
  try {
    const find = compilePart(source);
    return { test: (text) => find(text) !== undefined, toString: () => source };
  } catch {
    return new RegExp(source, 'u');
  }
}

function compile(schema: object, dialect: SchemaDialect, coerce: boolean): Validate {
  const options: Options = {
    // OpenAPI and authors of schemas have keywords of their own, which say nothing of validity.
    strict: false,
    logger: false,
    coerceTypes: coerce,
    code: { regExp: Object.assign(pattern, { code: 'pattern' }) },
  };
  const ajv = new DIALECTS[dialect](options);
  addFormats.default(ajv);
  try {
    const validate = ajv.compile(schema);
    return (value) => {
      try {
        return validate(value) ? undefined : sentence(validate.errors?.at(-1));
      } catch (error) {
        if (error instanceof RangeError) return 'is nested too deeply';
        throw error;
      }
    };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ProbeFailure('setup', `the schema cannot be used: ${reason.slice(0, 300)}`, cause);
  }
}

/** `/items/0/price must be number`. */
function sentence(error: ErrorObject | undefined): string {
  if (error === undefined) return 'is not valid';
  const { instancePath, message = 'is not valid', params } = error;
  const more = Object.values(params).find(
    (each): each is string => typeof each === 'string' && !message.includes(each),
  );
  const named =
    error.keyword === 'additionalProperties' || error.keyword === 'unevaluatedProperties';
  return `${instancePath} ${message}${named && more !== undefined ? `: ${more.slice(0, 100)}` : ''}`.trim();
}
