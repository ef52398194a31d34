using System.Management.Automation;

namespace BackupModule.Host.Commands;

/// <summary>Asks for a line.</summary>
[Cmdlet(VerbsCommunications.Read, "Host")]
public sealed class ReadHostCommand : PSCmdlet
{
    [Parameter(Position = 0)]
    public string? Prompt { get; set; }

    [Parameter]
    public SwitchParameter AsSecureString { get; set; }

    protected override void EndProcessing()
    {
        if (!string.IsNullOrEmpty(Prompt))
        {
            Host.UI.Write(Prompt + ": ");
        }

        WriteObject(AsSecureString ? Host.UI.ReadLineAsSecureString() : Host.UI.ReadLine());
    }
}
