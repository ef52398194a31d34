using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using Microsoft.PowerShell.Commands;

namespace BackupModule.Host.Commands;

/// <summary>A property as Select-, Sort- and Group-Object take it: a name with wildcards, a script, or a hashtable.</summary>
internal sealed class PropertySelector
{
    private readonly PSPropertyExpression _expression;
    private readonly string? _label;

    /// <exception cref="PSArgumentException">A hashtable has no expression.</exception>
    public PropertySelector(object source)
    {
        object value = source is PSObject wrapped ? wrapped.BaseObject : source;
        if (value is IDictionary table)
        {
            _label = LanguagePrimitives.ConvertTo<string>(Entry(table, "Name") ?? Entry(table, "Label"));
            Descending = LanguagePrimitives.IsTrue(Entry(table, "Descending"));
            value = Entry(table, "Expression")
                ?? throw new PSArgumentException("A calculated property needs an Expression.");
            value = value is PSObject inner ? inner.BaseObject : value;
        }

        _expression = value is ScriptBlock script
            ? new PSPropertyExpression(script)
            : new PSPropertyExpression(LanguagePrimitives.ConvertTo<string>(value));
    }

    public bool Descending { get; }

    /// <summary>Every property the name stands for, with its value; null values for a name that is not there.</summary>
    public IEnumerable<(string Name, object? Value)> Select(PSObject item)
    {
        List<PSPropertyExpression> resolved = _expression.ResolveNames(item);
        if (resolved.Count == 0)
        {
            yield return (_label ?? _expression.ToString(), null);
        }

        foreach (PSPropertyExpression expression in resolved)
        {
            yield return (string.IsNullOrEmpty(_label) ? expression.ToString() : _label, ValueOf(expression, item));
        }
    }

    public object? ValueOf(PSObject item) => ValueOf(_expression, item);

    private static object? ValueOf(PSPropertyExpression expression, PSObject item)
    {
        PSPropertyExpressionResult? first = expression.GetValues(item).FirstOrDefault();
        return first?.Exception is null ? first?.Result : null;
    }

    // Abbreviations are usual: n, l, e.
    private static object? Entry(IDictionary table, string name) => table.Keys.Cast<object>()
        .Where(key => name.StartsWith($"{key}", StringComparison.OrdinalIgnoreCase))
        .Select(key => table[key])
        .FirstOrDefault();
}
