// Compiles modules for AWS CDK, and runs them with stubs. The input is [TEXT]. The output has the resources of each module,
// or its errors.

const { readFileSync } = require('node:fs')
const ts = require('typescript')

const stack = { partition: 'aws', region: 'us-east-1', account: '123456789012' }
const modules = {
  'aws-cdk-lib': { Stack: { of: () => stack } },
  'aws-cdk-lib/aws-iam': { PolicyStatement: class { constructor(properties) { Object.assign(this, properties) } } },
  constructs: {},
}

function run(text) {
  const options = { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 }
  const { outputText, diagnostics } = ts.transpileModule(text, { compilerOptions: options, reportDiagnostics: true })
  if (diagnostics.length > 0) {
    return { error: diagnostics.map((one) => ts.flattenDiagnosticMessageText(one.messageText, ' ')).join('; ') }
  }
  const exports = {}
  new Function('require', 'exports', outputText)((name) => modules[name], exports)
  // A placeholder without a value is a wildcard, as in an IAM policy.
  const values = Array(exports.readSecrets.length).fill('*')
  return exports.readSecrets(...values).flatMap((statement) => statement.resources)
}

const attempt = (text) => {
  try {
    return run(text)
  } catch (error) {
    return { error: String(error) }
  }
}
process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, 'utf8')).map(attempt)))
