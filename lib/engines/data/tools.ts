import type { Tools } from '../../core/data/expectations';

/** What the pure core leaves to packages. */
export const TOOLS: Tools = {
  jsonSchema: (schema) => {
    // Here and not at the top: most suites have no JSON schema, and a short gate is over sooner than these are loaded.
    const { default: Ajv2020 } = require('ajv/dist/2020') as typeof import('ajv/dist/2020');
    const { default: addFormats } = require('ajv-formats') as typeof import('ajv-formats');
    const ajv = new Ajv2020({ strict: false, validateSchema: false, allErrors: false, logger: false });
    addFormats(ajv);
    // Schemas of the older drafts name a dialect that this validator does not carry; what they say is understood.
    const { $schema: _dialect, ...rest } = schema;
    const validate = ajv.compile(rest);
    return (text) => {
      try {
        return validate(JSON.parse(text)) === true;
      } catch (error) {
        if (error instanceof SyntaxError) return false;
        throw error;
      }
    };
  },
};
