using System;
using System.Collections;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;

namespace BackupModule.Host.Terminal;

/// <summary>Asks for values by name, as for mandatory parameters that were not given.</summary>
internal sealed class FieldPrompt(PSHostUserInterface ui, ConsoleInput input)
{
    public Dictionary<string, PSObject> Ask(
        string? caption, string? message, Collection<FieldDescription> descriptions)
    {
        WriteHeading(caption, message);
        Dictionary<string, PSObject> answers = new(StringComparer.OrdinalIgnoreCase);
        foreach (FieldDescription field in descriptions)
        {
            Type type = Type.GetType(field.ParameterAssemblyFullName) ?? typeof(string);
            answers[field.Name] = PSObject.AsPSObject(type.IsArray || typeof(IList).IsAssignableFrom(type)
                ? AskList(field.Name, type)
                : AskValue(field.Name, type));
        }

        return answers;
    }

    public PSCredential AskCredential(string? caption, string? message, string? userName)
    {
        WriteHeading(caption, message);
        string user = string.IsNullOrEmpty(userName) ? (string)AskValue("User", typeof(string)) : userName;
        return new PSCredential(user, (SecureString)AskValue($"Password for user {user}", typeof(SecureString)));
    }

    private object AskValue(string name, Type type)
    {
        while (true)
        {
            if (type == typeof(PSCredential))
            {
                return AskCredential(null, name, null);
            }

            ui.Write(name + ": ");
            if (type == typeof(SecureString))
            {
                return input.ReadSecret();
            }

            if (TryConvert(input.ReadAnswer(), type, out object value))
            {
                return value;
            }
        }
    }

    // One element a line, an empty line ends the list.
    private object AskList(string name, Type type)
    {
        Type elementType = type.GetElementType() ?? typeof(object);
        List<object> values = [];
        while (true)
        {
            string label = $"{name}[{values.Count}]";
            if (elementType == typeof(SecureString))
            {
                SecureString secret = (SecureString)AskValue(label, elementType);
                if (secret.Length == 0)
                {
                    break;
                }

                values.Add(secret);
                continue;
            }

            ui.Write(label + ": ");
            string text = input.ReadAnswer();
            if (text.Length == 0)
            {
                break;
            }

            if (TryConvert(text, elementType, out object value))
            {
                values.Add(value);
            }
        }

        return LanguagePrimitives.ConvertTo(values.ToArray(), type);
    }

    private bool TryConvert(string text, Type type, out object value)
    {
        if (LanguagePrimitives.TryConvertTo(text, type, out value))
        {
            return true;
        }

        ui.WriteLine($"'{text}' cannot be read as {type.Name}; once more.");
        return false;
    }

    private void WriteHeading(string? caption, string? message)
    {
        foreach (string? line in new[] { caption, message })
        {
            if (!string.IsNullOrEmpty(line))
            {
                ui.WriteLine(line);
            }
        }
    }
}
