using System.Management.Automation;
using System.Security;

namespace BackupModule.Host.Commands;

/// <summary>Makes a secure string of a plain one.</summary>
[Cmdlet(VerbsData.ConvertTo, "SecureString")]
[OutputType(typeof(SecureString))]
public sealed class ConvertToSecureStringCommand : PSCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    public string String { get; set; } = string.Empty;

    /// <summary>Says that the text is not encrypted, which is the only kind that can be read here.</summary>
    [Parameter(Mandatory = true)]
    public SwitchParameter AsPlainText { get; set; }

    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override void ProcessRecord()
    {
        SecureString secret = new();
        foreach (char c in String)
        {
            secret.AppendChar(c);
        }

        secret.MakeReadOnly();
        WriteObject(secret);
    }
}
