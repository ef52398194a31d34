using System.Management.Automation;

namespace BackupModule.Host.Commands;

/// <summary>Sends its arguments down the pipeline.</summary>
[Cmdlet(VerbsCommunications.Write, "Output")]
public sealed class WriteOutputCommand : PSCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromRemainingArguments = true)]
    [AllowNull]
    [AllowEmptyCollection]
    public PSObject?[]? InputObject { get; set; }

    [Parameter]
    public SwitchParameter NoEnumerate { get; set; }

    protected override void ProcessRecord()
    {
        if (InputObject is null)
        {
            WriteObject(null);
        }
        else if (NoEnumerate)
        {
            WriteObject(InputObject.Length == 1 ? InputObject[0] : InputObject, enumerateCollection: false);
        }
        else
        {
            foreach (PSObject? item in InputObject)
            {
                WriteObject(item, enumerateCollection: true);
            }
        }
    }
}
