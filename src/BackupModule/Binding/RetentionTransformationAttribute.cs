using System;
using System.Collections;
using System.Collections.Generic;
using System.Management.Automation;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Retention;

namespace BackupModule.Binding;

/// <summary>Lets retention rules be written as a hashtable with the names of their members.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RetentionTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        object? value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        return value switch
        {
            null or RetentionRules => value,
            IDictionary table => Read(table),
            _ => throw new ArgumentTransformationMetadataException(
                "Give a hashtable such as @{ KeepDaily = 14; Rotations = 'every 6h for 2d' }."),
        };
    }

    /// <summary>Rules by name.</summary>
    /// <exception cref="BackupException"><c>InvalidArgument</c>: they are no rules.</exception>
    internal static IReadOnlyDictionary<string, RetentionRules> ReadMap(Hashtable table)
    {
        Dictionary<string, RetentionRules> rules = new(StringComparer.OrdinalIgnoreCase);
        foreach (DictionaryEntry member in table)
        {
            object? value = member.Value is PSObject wrapped ? wrapped.BaseObject : member.Value;
            rules[(string)member.Key] = value switch
            {
                RetentionRules given => given,
                IDictionary inner => RetentionRulesJson.Read(HashtableJson.Write(inner, typeof(RetentionRules))),
                _ => throw new BackupException(
                    BackupErrorKind.InvalidArgument,
                    $"The rules for copies in '{member.Key}' are no hashtable.",
                    "Write @{ offsite = @{ KeepMonthly = 24 } }."),
            };
        }

        return rules;
    }

    private static RetentionRules Read(IDictionary table)
    {
        try
        {
            return RetentionRulesJson.Read(HashtableJson.Write(table, typeof(RetentionRules)));
        }
        catch (BackupException failure)
        {
            throw new ArgumentTransformationMetadataException(failure.Message, failure);
        }
    }
}
