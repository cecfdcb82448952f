import type { Tools } from '../../core/data/expectations';

/** What the pure core leaves to packages. */
export const TOOLS: Tools = {
  jsonSchema: (schema) => {
    const validate = validatorOf(schema);
    return (text) => {
      try {
        return validate(parseJson(text)) === true;
      } catch (error) {
        if (error instanceof SyntaxError) return false;
        throw error;
      }
    };
  },
};

/** The validator of the dialect that the schema names, the newest by default; `format` is a remark, as in the standard. */
function validatorOf(schema: Readonly<Record<string, unknown>>): (value: unknown) => unknown {
  const { $schema: dialect, ...rest } = schema;
  const options = {
    strict: false,
    validateSchema: false,
    validateFormats: false,
    allErrors: false,
    logger: false,
  } as const;
  // Here and not at the top: most suites have no JSON schema, and a short gate is over sooner than these are loaded.
  if (/draft-0\d/.test(String(dialect))) {
    const { default: Ajv } = require('ajv') as typeof import('ajv');
    return new Ajv(options).compile(rest);
  }
  const { default: Ajv2020 } = require('ajv/dist/2020') as typeof import('ajv/dist/2020');
  return new Ajv2020(options).compile(rest);
}

const NAN = '\u0000NaN';

/** As Python's `json.loads`, which reads NaN and infinities. @throws SyntaxError for what is no JSON */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const written = text.replaceAll(/"(?:[^"\\]|\\.)*"|-?Infinity|NaN/g, (token) =>
      token.startsWith('"') ? token : token === 'NaN' ? JSON.stringify(NAN) : token.replace('Infinity', '1e999'),
    );
    if (written === text) throw error;
    return JSON.parse(written, (_name, value: unknown) => (value === NAN ? Number.NaN : value));
  }
}
