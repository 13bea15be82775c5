import type { RegistryFieldsType, RegistryWidgetsType, TemplatesType } from '@rjsf/utils';
import { FieldErrors, FieldTemplate } from './field';
import { FileWidget } from './file-widget';
import { ListItemTemplate, ListTemplate, ObjectTemplate } from './groups';
import { JsonField, OptionalField, UnionField } from './own-fields';
import { CheckboxWidget, ChoicesWidget, ChoiceWidget, NumberWidget, PasswordWidget, TextareaWidget, TextWidget } from './widgets';

const Nothing = () => null;

export const templates: Partial<TemplatesType> = {
  FieldTemplate,
  FieldErrorTemplate: FieldErrors,
  ObjectFieldTemplate: ObjectTemplate,
  ArrayFieldTemplate: ListTemplate,
  ArrayFieldItemTemplate: ListItemTemplate,
  // The field draws these itself.
  DescriptionFieldTemplate: Nothing,
  FieldHelpTemplate: Nothing,
  ErrorListTemplate: Nothing,
};

export const widgets: RegistryWidgetsType = {
  text: TextWidget,
  textarea: TextareaWidget,
  password: PasswordWidget,
  number: NumberWidget,
  checkbox: CheckboxWidget,
  choice: ChoiceWidget,
  choices: ChoicesWidget,
  file: FileWidget,
};

export const fields: RegistryFieldsType = { json: JsonField, union: UnionField, OptionalDataControlsField: OptionalField };
