using System.Management.Automation;
using System.Security;
using BackupModule.Core.Diagnostics;
using BackupModule.Core.Encryption.Keys;

namespace BackupModule.Binding;

/// <summary>A password as a user gives it: either the password itself, or where it is found.</summary>
/// <param name="Text">The password; null where a reference is given.</param>
/// <param name="Reference">Where it is found; null where the password itself is given.</param>
internal sealed record PasswordArgument(SecureString? Text, SecretReference? Reference)
{
    /// <summary>Reads a parameter's value; null for null.</summary>
    /// <exception cref="BackupException"><c>InvalidArgument</c>: it is a plain string that is no reference, or of
    /// another type. The message does not repeat the value.</exception>
    public static PasswordArgument? Read(object? value) => value switch
    {
        null => null,
        PSObject wrapped => Read(wrapped.BaseObject),
        SecureString text => new PasswordArgument(text, null),
        PSCredential credential => new PasswordArgument(credential.Password, null),
        string reference => new PasswordArgument(null, SecretReference.Parse(reference)),
        _ => throw new BackupException(
            BackupErrorKind.InvalidArgument,
            "The password is neither a SecureString nor a credential nor a secret reference.",
            "Give Read-Host -AsSecureString, Get-Credential, or a reference such as env:NAME or file:PATH."),
    };
}
