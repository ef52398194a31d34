using System.Collections.ObjectModel;
using System.Linq;
using System.Management.Automation;
using System.Security;
using System.Threading;
using System.Threading.Tasks;
using BackupModule.Binding;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Encryption.Keys;

namespace BackupModule.Cmdlets;

/// <summary>Gets passwords: from what the user gave, from where a reference points, or by asking.</summary>
internal sealed class PasswordReader(PSCmdlet cmdlet, PipelineBridge pipeline)
{
    private const string GetSecret = "Get-Secret";

    /// <summary>Gets what references point at, vaults of this session included.</summary>
    public SecretResolver Resolver => new(ReadVaultAsync);

    /// <summary>The password; the caller disposes it.</summary>
    /// <param name="given">What the user gave; null to ask.</param>
    /// <param name="whose">What the password is of, to ask with, e.g. <c>repository main</c>.</param>
    /// <param name="isNew">True to ask twice.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="BackupException"><c>SecretUnavailable</c>.</exception>
    public async Task<Secret> ReadAsync(
        PasswordArgument? given, string whose, bool isNew, CancellationToken cancellationToken)
    {
        if (given?.Reference is { } reference)
        {
            return await Resolver.ResolveAsync(reference, cancellationToken).ConfigureAwait(false);
        }

        if (given?.Text is { } text)
        {
            return Secret.FromSecureString(text);
        }

        Secret asked = await AskAsync($"Password of {whose}: ", whose).ConfigureAwait(false);
        if (isNew)
        {
            using Secret again = await AskAsync("The same password again: ", whose).ConfigureAwait(false);
            if (!asked.HasSameBytes(again))
            {
                asked.Dispose();
                throw new BackupException(
                    BackupErrorKind.InvalidArgument, "The two passwords differ.", "Run the command again.");
            }
        }

        return asked;
    }

    private async Task<Secret> AskAsync(string prompt, string whose)
    {
        SecureString? answer = HostFacts.IsInteractive(cmdlet.Host)
            ? await pipeline.InvokeAsync(() => Prompt(prompt)).ConfigureAwait(false)
            : null;
        return answer is { Length: > 0 }
            ? Secret.FromSecureString(answer)
            : throw new BackupException(
                BackupErrorKind.SecretUnavailable,
                $"No password was given for {whose}, and nobody is there to ask.",
                "Give -Password a reference such as env:NAME, file:PATH or command:PROGRAM, or store one with "
                + "Set-BackupRepository -Password.");
    }

    // Hosts without a person throw one of several exceptions, which all mean the same.
    private SecureString? Prompt(string prompt)
    {
        try
        {
            cmdlet.Host.UI.Write(prompt);
            return cmdlet.Host.UI.ReadLineAsSecureString();
        }
        catch (System.Exception failure) when (failure is not PipelineStoppedException)
        {
            return null;
        }
    }

    private Task<Secret?> ReadVaultAsync(string vault, string name, CancellationToken cancellationToken) =>
        pipeline.InvokeAsync(() => ReadVault(vault, name));

    private Secret? ReadVault(string vault, string name)
    {
        if (cmdlet.InvokeCommand.GetCommand(GetSecret, CommandTypes.Cmdlet | CommandTypes.Function) is null)
        {
            throw new BackupException(
                BackupErrorKind.SecretUnavailable,
                $"The vault '{vault}' cannot be read: the command {GetSecret} is not there.",
                "Install the module Microsoft.PowerShell.SecretManagement, or use an env:, file: or command: "
                + "reference.");
        }

        try
        {
            Collection<PSObject> found = cmdlet.InvokeCommand.InvokeScript(
                $"param($vault, $name) {GetSecret} -Vault $vault -Name $name -ErrorAction Stop", vault, name);
            return found.FirstOrDefault()?.BaseObject switch
            {
                SecureString text => Secret.FromSecureString(text),
                PSCredential credential => Secret.FromSecureString(credential.Password),
                string text => new Secret(text),
                _ => null,
            };
        }
        catch (RuntimeException failure)
        {
            throw new BackupException(
                BackupErrorKind.SecretUnavailable,
                $"The vault '{vault}' did not give the secret '{name}': {failure.Message}",
                "Unlock the vault, and check the name with Get-SecretInfo.",
                failure);
        }
    }
}
