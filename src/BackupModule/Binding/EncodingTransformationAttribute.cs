using System;
using System.Management.Automation;
using System.Text;

namespace BackupModule.Binding;

/// <summary>Lets an encoding be given by the names that PowerShell's own cmdlets take, by any name .NET knows, or by
/// its code page.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EncodingTransformationAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        object? value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        try
        {
            return value switch
            {
                Encoding encoding => encoding,
                int codePage => Encoding.GetEncoding(codePage),
                string name => Find(name),
                _ => throw Refused(null),
            };
        }
        catch (Exception failure) when (failure is ArgumentException or NotSupportedException)
        {
            throw Refused(failure);
        }
    }

    private static Encoding Find(string name) => name.ToUpperInvariant() switch
    {
        "UTF8" or "UTF8NOBOM" or "UTF8BOM" => Encoding.UTF8,
        "UNICODE" => Encoding.Unicode,
        "BIGENDIANUNICODE" => Encoding.BigEndianUnicode,
        "UTF32" => Encoding.UTF32,
        "ASCII" => Encoding.ASCII,
        _ => Encoding.GetEncoding(name),
    };

    private static ArgumentTransformationMetadataException Refused(Exception? inner) =>
        new("Give an encoding such as utf8, unicode, ascii, latin1 or a code page.", inner);
}
