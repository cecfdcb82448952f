import { isObject } from '../../engine/json';
import type { ResourceProvider } from '../../engine/ports';
import { Properties } from '../properties';

/**
 * Work groups and databases of Athena have their names and nothing else here: no query is run on one machine, where
 * DuckDB judges, and a call of Athena or Glue is refused by name rather than answered with made-up rows.
 */
export const athenaProviders: readonly ResourceProvider[] = [
  {
    types: ['AWS::Athena::WorkGroup'],
    create: async (resource) => {
      const known = ['Name', 'Description', 'RecursiveDeleteOption', 'WorkGroupConfiguration', 'Tags'];
      return { ref: new Properties(resource).only(known).requiredText('Name'), attributes: {} };
    },
  },
  {
    types: ['AWS::Glue::Database'],
    create: async (resource) => {
      const properties = new Properties(resource).only(['CatalogId', 'DatabaseInput']);
      const input = properties.object('DatabaseInput');
      const name = isObject(input) ? input.Name : undefined;
      if (typeof name !== 'string') throw properties.error('DatabaseInput.Name is missing');
      return { ref: name, attributes: {} };
    },
  },
];
