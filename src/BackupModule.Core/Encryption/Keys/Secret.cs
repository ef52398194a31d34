using System;
using System.Runtime.InteropServices;
using System.Security;
using System.Security.Cryptography;
using System.Text;

namespace BackupModule.Core.Encryption.Keys;

/// <summary>A password or the like, as UTF-8 bytes that are wiped from memory on disposal.</summary>
public sealed class Secret : IDisposable
{
    // Pinned, so that the garbage collector leaves no copies behind.
    private readonly byte[] _utf8;
    private bool _isDisposed;

    /// <summary>Copies the bytes.</summary>
    public Secret(ReadOnlySpan<byte> utf8)
    {
        _utf8 = GC.AllocateUninitializedArray<byte>(utf8.Length, pinned: true);
        utf8.CopyTo(_utf8);
    }

    /// <summary>Copies the text.</summary>
    public Secret(ReadOnlySpan<char> text)
    {
        _utf8 = GC.AllocateUninitializedArray<byte>(Encoding.UTF8.GetByteCount(text), pinned: true);
        Encoding.UTF8.GetBytes(text, _utf8);
    }

    /// <summary>Copies the text.</summary>
    public Secret(string text)
        : this(text.AsSpan())
    {
    }

    /// <summary>True if the secret has no bytes.</summary>
    public bool IsEmpty => Utf8.IsEmpty;

    /// <summary>The secret's bytes; valid until disposal.</summary>
    /// <exception cref="ObjectDisposedException">The secret has been wiped.</exception>
    public ReadOnlySpan<byte> Utf8
    {
        get
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return _utf8;
        }
    }

    /// <summary>Copies the text of a secure string.</summary>
    public static Secret FromSecureString(SecureString text)
    {
        IntPtr characters = Marshal.SecureStringToGlobalAllocUnicode(text);
        try
        {
            unsafe
            {
                return new Secret(new ReadOnlySpan<char>((void*)characters, text.Length));
            }
        }
        finally
        {
            Marshal.ZeroFreeGlobalAllocUnicode(characters);
        }
    }

    /// <summary>A copy with a life of its own.</summary>
    public Secret Clone() => new(Utf8);

    /// <summary>True if both hold the same bytes; takes the same time whichever byte differs.</summary>
    public bool HasSameBytes(Secret other) => CryptographicOperations.FixedTimeEquals(Utf8, other.Utf8);

    /// <summary>Three asterisks, so that no message or log can show the secret.</summary>
    public override string ToString() => "***";

    /// <summary>Wipes the bytes.</summary>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_utf8);
        _isDisposed = true;
    }
}
