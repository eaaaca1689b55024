// What catalogues say of files, a list of faults for each, as JSON. `asyncapi` asks AsyncAPI's own
// parser, with its parser of Avro; `backstage` the rules of Backstage's catalogue.
const { readFileSync, existsSync } = require("fs");
const { dirname, resolve } = require("path");

async function asyncapi() {
  const { Parser } = require("@asyncapi/parser");
  const { AvroSchemaParser } = require("@asyncapi/avro-schema-parser");
  const parser = new Parser({ schemaParsers: [AvroSchemaParser()] });
  return async (path) => {
    const { document, diagnostics } = await parser.parse(readFileSync(path, "utf-8"));
    const faults = diagnostics.filter((each) => each.severity === 0);
    if (!document && !faults.length) return ["no document"];
    return faults.map((each) => `${each.path.join(".")}: ${each.message}`);
  };
}

async function backstage() {
  const model = require("@backstage/catalog-model");
  const { loadAll } = require("js-yaml");
  const policy = model.EntityPolicies.allOf([
    new model.SchemaValidEntityPolicy(),
    new model.DefaultNamespaceEntityPolicy(),
    new model.NoForeignRootFieldsEntityPolicy(),
    new model.FieldFormatEntityPolicy(),
  ]);
  const kinds = {
    API: model.apiEntityV1alpha1Validator,
    Component: model.componentEntityV1alpha1Validator,
    Location: model.locationEntityV1alpha1Validator,
    Resource: model.resourceEntityV1alpha1Validator,
  };
  return async (path) => {
    const faults = [];
    for (const entity of loadAll(readFileSync(path, "utf-8"))) {
      const text = entity.spec.definition && entity.spec.definition.$text;
      const named = [...(text ? [text] : []), ...(entity.spec.targets || [])];
      for (const each of named.map((each) => resolve(dirname(path), each)))
        if (!existsSync(each)) faults.push(`there is no ${each}`);
      // As the catalogue's placeholder processor does.
      if (text) entity.spec.definition = readFileSync(resolve(dirname(path), text), "utf-8");
      try {
        await policy.enforce(entity);
        if (!(await kinds[entity.kind].check(entity))) faults.push(`${entity.kind}: unknown`);
      } catch (fault) {
        faults.push(`${entity.kind} ${entity.metadata.name}: ${fault.message}`);
      }
    }
    return faults;
  };
}

async function main([reader, ...paths]) {
  const faults = await { asyncapi, backstage }[reader]();
  const said = {};
  for (const path of paths) said[path] = await faults(path).catch((fault) => [String(fault)]);
  console.log(JSON.stringify(said));
}

main(process.argv.slice(2));
