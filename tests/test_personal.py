"""Guesses of personal data by name."""

from __future__ import annotations

import pytest

from portwright.personal import guessed


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("email", "an e-mail address"),
        ("contactEmail", "an e-mail address"),
        ("E-Mail", "an e-mail address"),
        ("EMAILADDRESS", "an e-mail address"),
        ("メールアドレス", "an e-mail address"),
        ("first_name", "a person's name"),
        ("customerName", "a person's name"),
        ("Kundenname", "a person's name"),
        ("receiver_name", "a person's name"),
        ("prénom", "a person's name"),
        ("Apellido", "a person's name"),
        ("Фамилия", "a person's name"),
        ("DateOfBirth", "a day or place of birth"),
        ("geburtsdatum", "a day or place of birth"),
        ("fecha_de_nacimiento", "a day or place of birth"),
        ("age", "a day or place of birth"),
        ("Telefonnummer", "a phone number"),
        ("mobile_no", "a phone number"),
        ("lieferadresse", "a postal address"),
        ("straße", "a postal address"),
        ("Führerscheinnummer", "a number that names a person to the state"),
        ("fuehrerschein_nr", "a number that names a person to the state"),
        ("codice_fiscale", "a number that names a person to the state"),
        ("ssn", "a number that names a person to the state"),
        ("iban", "an account or card of a person"),
        ("password_hash", "what a person signs in with"),
        ("client_ip", "an address or mark of a person's device"),
        ("ip_address", "an address or mark of a person's device"),
        ("latitude", "where a person is"),
        ("gehalt", "what a person earns"),
        ("gender", "data of a special category"),
        ("Staatsangehörigkeit", "data of a special category"),
        ("avatar_url", "a picture of a person"),
        ("fname", "a person's name"),
        ("cust_lname", "a person's name"),
        ("surname1", "a person's name"),
        ("mail", "an e-mail address"),
        ("email_id", "an e-mail address"),
        ("email2", "an e-mail address"),
        ("tel_no", "a phone number"),
        ("bday", "a day or place of birth"),
        ("nationalidnumber", "a number that names a person to the state"),
        ("user_login", "what a person signs in with"),
        ("gender_id", "data of a special category"),
    ],
)
def test_what_is_said_of_a_person_is_guessed(name: str, said: str) -> None:
    assert guessed(name) == said


@pytest.mark.parametrize(
    "name",
    """name order_id customer_id product_name email_sent_at email_count is_email_valid address_type
    web_address message_age last_login store_address phone_model company_name platitude street_type
    pages status created_at number_of_phones hotel 1 _ credit_card_amount
    address_seq address_id shipping_address_id email_uuid mail_sent manufacturersAddressEnglish
    phone_number_type_id contact_phone_id brandOwnerName - zip_file birthday_count""".split(),
)
def test_most_names_say_nothing(name: str) -> None:
    assert guessed(name) is None


def test_any_text_is_a_name() -> None:
    assert guessed("") is None
    assert guessed("x" * 1_000_000) is None
