using System;
using System.Collections;
using System.Linq;
using System.Management.Automation;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Policies;

namespace BackupModule.Binding;

/// <summary>Lets a part of a policy be written as a hashtable with the names of its members; a list may be given as one
/// value.</summary>
/// <param name="type">The part's type.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DocumentTransformationAttribute(Type type) : ArgumentTransformationAttribute
{
    /// <summary>The part's type.</summary>
    public Type Type => type;

    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        object? value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        if (value is null || type.IsInstanceOfType(value))
        {
            return value;
        }

        return value is IEnumerable list and not (string or IDictionary)
            ? ToArray([.. list.Cast<object?>().Select(item => Transform(engineIntrinsics, item))])
            : value is IDictionary table
                ? Read(table)
                : throw Refuse();
    }

    // With that inner exception, an object of a pipeline is tried with the other parameters.
    private ArgumentTransformationMetadataException Refuse()
    {
        string members = string.Join("; ", type.GetProperties().Take(2).Select(static member => $"{member.Name} = ..."));
        return new ArgumentTransformationMetadataException(
            $"Give a hashtable such as @{{ {members} }}.", new PSInvalidCastException());
    }

    private Array ToArray(object?[] items)
    {
        Array array = Array.CreateInstance(type, items.Length);
        items.CopyTo(array, 0);
        return array;
    }

    private object Read(IDictionary table)
    {
        try
        {
            return PolicyJson.ReadPart(type, HashtableJson.Write(table, type));
        }
        catch (BackupException failure)
        {
            throw new ArgumentTransformationMetadataException(failure.Message, failure);
        }
    }
}
