import hooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

// The tiers: app → features → ui → api → lib. What is below knows nothing of what is above, and features know of
// each other only what their index says.
const tier = (files, forbidden) => ({
  files,
  rules: {
    '@typescript-eslint/no-restricted-imports': ['error', { patterns: forbidden }],
  },
});
const inside = { group: ['@/features/*/*'], message: 'Of a feature only what its index.ts exports is for others.' };
const above = (...names) => ({ group: names.map((name) => `@/${name}/**`), message: 'That is a tier above this one.' });

export default tseslint.config(
  { ignores: ['dist', 'mock', 'bench', 'src/api/schema.d.ts', 'public', 'scripts', 'eslint.config.js'] },
  ...tseslint.configs.strictTypeChecked,
  hooks.configs.flat['recommended-latest'],
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      'no-console': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'max-lines': ['error', { max: 320, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      // `next?.x ?? y` on indexed access: the compiler option covers it, the rule does not see it.
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: true }],
    },
  },
  tier(['src/lib/**'], [{ ...above('app', 'features', 'ui', 'i18n') }, { group: ['@/api/**'], allowTypeImports: true, message: 'Only types.' }]),
  tier(['src/api/**'], [above('app', 'features', 'ui', 'i18n')]),
  tier(['src/ui/**'], [above('app', 'features')]),
  tier(['src/features/**'], [above('app'), inside]),
);
