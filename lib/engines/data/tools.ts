import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import type { Tools } from '../../core/data/expectations';

/** What the pure core leaves to packages. */
export const TOOLS: Tools = {
  jsonSchema: (schema) => {
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
