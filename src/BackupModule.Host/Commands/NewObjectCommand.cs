using System;
using System.Collections;
using System.Linq;
using System.Management.Automation;

namespace BackupModule.Host.Commands;

/// <summary>Makes an object of a type.</summary>
[Cmdlet(VerbsCommon.New, "Object")]
public sealed class NewObjectCommand : PSCmdlet
{
    [Parameter(Mandatory = true, Position = 0)]
    public string TypeName { get; set; } = string.Empty;

    [Parameter(Position = 1)]
    [Alias("Args")]
    public object?[] ArgumentList { get; set; } = [];

    [Parameter]
    public IDictionary? Property { get; set; }

    protected override void EndProcessing()
    {
        Type type = LanguagePrimitives.ConvertTo<Type>(TypeName);
        object?[] arguments = [.. ArgumentList.Select(value => value is PSObject wrapped ? wrapped.BaseObject : value)];
        object created = Activator.CreateInstance(type, arguments)
            ?? throw new PSInvalidOperationException($"An object of type {type} cannot be made.");
        PSObject result = PSObject.AsPSObject(created);
        foreach (DictionaryEntry entry in Property ?? new Hashtable())
        {
            string name = LanguagePrimitives.ConvertTo<string>(entry.Key);
            if (result.Properties[name] is PSPropertyInfo property)
            {
                property.Value = entry.Value;
            }
            else
            {
                result.Properties.Add(new PSNoteProperty(name, entry.Value));
            }
        }

        WriteObject(result);
    }
}
